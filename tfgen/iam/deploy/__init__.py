"""The rights of whoever applies and destroys an app.

Each file has the calls of some services: which actions each type of resource needs, by what is
done with it, and which resources of the app these are about. The actions are those that Terraform's
AWS provider calls, those that AWS checks beside them, and those of tfgen itself. Resources and
condition keys are from the Service Authorization Reference:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""
